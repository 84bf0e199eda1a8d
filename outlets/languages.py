"""The languages that outlets write, by the names that people use for them."""

from typing import Final

LANGUAGES: Final = {
    "en": "English", "fa": "Dari", "ps": "Pashto", "ru": "Russian", "ur": "Urdu", "tg": "Tajik", "uz": "Uzbek",
    "ar": "Arabic", "tr": "Turkish", "zh": "Chinese", "fr": "French", "es": "Spanish",
}  # fmt: skip
