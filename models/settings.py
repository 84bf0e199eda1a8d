"""The settings, read from the environment or `.env` in one place."""

from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.exits import Exit


class Settings(BaseSettings):
    """Every setting with its default; the environment variable is KHABAR_ and the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="KHABAR_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field("sqlite:///var/khabar.db", description="SQLAlchemy address of our database.")
    archive_url: str = Field("var/archive", description="Folder or fsspec address of the raw pages.")
    contact: str = Field("", description="Web or mail address in our user agent; needed before a live run.")
    replica: str = Field("", description="http://127.0.0.1:PORT of the replica; empty means the live outlets.")
    outlets: str = Field("", description="Names of the outlets to watch, separated by commas; empty means all.")
    lookback_days: int = Field(14, ge=1, le=3650, description="How far back the first run of an outlet goes.")
    chromium: str = Field("", description="Chromium for outlets that need a browser; empty means the one in PATH.")
    review_origin: str = Field("", description="Address of the review page for browsers; empty: this machine alone.")
    review_proxies: str = Field("", description="Proxies before the review page that are trusted, by commas.")
    var: Path = Field(Path("var"), description="Folder of everything that a run leaves behind.")


class SettingError(Exception):
    """A setting has a value that it cannot have. One sentence that names the variable."""

    exit_code = Exit.CONFIG


@cache
def settings() -> Settings:
    """The settings of this process. Tests clear the cache: `settings.cache_clear()`. Raises SettingError."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise SettingError(f"the setting KHABAR_{name} is wrong: {first['msg']}") from error
