"""``tomada`` on the command line."""

from tomada.cli.app import run


def main() -> None:
    """Run the command that was typed."""
    run()


if __name__ == "__main__":
    main()
