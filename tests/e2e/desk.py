"""An agent at a browser: the inbox, and what somebody does there."""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

LISTEN = """
window.spoken = [];
document.addEventListener("DOMContentLoaded", () => {
  const voice = document.getElementById("announcer");
  if (voice) new MutationObserver(() => voice.textContent && spoken.push(voice.textContent))
    .observe(voice, {childList: true, characterData: true, subtree: true});
});
"""


@dataclass
class Desk:
    """A member's window. `house` is the address of the workspace's pages."""

    page: Page
    house: str
    thrown: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.add_init_script(LISTEN)
        self.page.on("pageerror", lambda error: self.thrown.append(str(error)))
        self.page.on("console", self._complain)

    def _complain(self, said) -> None:
        if "Content Security" in said.text:
            self.thrown.append(said.text)

    # ── Where things stand ──

    def row(self, pk: int) -> Locator:
        return self.page.locator(f"#row-{pk}")

    def box(self, pk: int) -> Locator:
        return self.page.locator(f".rowbox[data-row='{pk}']")

    @property
    def shelf(self) -> Locator:
        return self.page.locator("#shelf")

    @property
    def line(self) -> Locator:
        return self.page.locator("[data-timeline]")

    @property
    def status(self) -> Locator:
        return self.page.locator("#conversation-header .thread__sub")

    @property
    def banner(self) -> Locator:
        return self.page.locator("#connection")

    @property
    def company(self) -> Locator:
        return self.page.locator("[data-company]")

    def text(self, mode="reply") -> Locator:
        """Where somebody writes: the editor of letters once it is there, else the plain field."""
        form = f"form[data-for={mode}]"
        return self.page.locator(f"{form} .prose, {form} textarea:not([hidden])")

    def value(self, mode="reply") -> Locator:
        """The plain field, which holds the same words."""
        return self.page.locator(f"form[data-for={mode}] textarea")

    def item(self, words: str) -> Locator:
        return self.line.locator("> li", has_text=words)

    def rows(self) -> list[int]:
        rows = self.page.locator("#rows .rowbox").all()
        return [int(row.get_attribute("data-row")) for row in rows]

    def messages(self) -> list[str]:
        return self.line.locator("[data-said]").all_inner_texts()

    def spoken(self, words: str) -> int:
        """How often the status region has said something."""
        return sum(words in said for said in self.page.evaluate("spoken"))

    # ── What an agent does ──

    def open(self, view="unassigned", pk: int | None = None) -> "Desk":
        self.page.goto(f"{self.house}/inbox/{view}/" + (f"{pk}/" if pk else ""))
        return self

    def ready(self) -> "Desk":
        """Wait for the socket: only what is not an event (typing, presence) needs it."""
        expect(self.page.locator("html[data-line=open]")).to_be_attached()
        return self

    def press(self, *keys: str) -> "Desk":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def send(self, body: str, mode="reply") -> "Desk":
        self.press("Escape", "r" if mode == "reply" else "c")
        expect(self.text(mode)).to_be_focused()
        self.page.keyboard.type(body)
        return self.press("Control+Enter")
