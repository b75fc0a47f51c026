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
        return chosen(self.zh, self.en, language)


def chosen(zh: str, en: str, language: str) -> str:
    """Return the one in `language` as `Text.of` does, without making a `Text`."""
    return (en or zh) if language == "en" else (zh or en)
