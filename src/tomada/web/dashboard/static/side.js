// Keeps the column of banks in view: all of it where it fits, else its lower end.

const HEAD = 96;
const FOOT = 24;

export function keepInView(side) {
  const place = () => {
    const top = Math.min(HEAD, window.innerHeight - side.offsetHeight - FOOT);
    side.style.setProperty("--side-top", `${top}px`);
  };
  new ResizeObserver(place).observe(side);
  window.addEventListener("resize", place);
}
