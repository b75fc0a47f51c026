"""Text in the two languages of the shop."""

from dataclasses import dataclass

LANGUAGES = ("zh", "en")
CURRENCY = "CNY"


@dataclass(frozen=True, slots=True)
class Text:
    """One text in Chinese and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """Return the text in `language` (anything but `en` is Chinese); when missing, the other one."""
        first, second = (self.en, self.zh) if language == "en" else (self.zh, self.en)
        return first or second
