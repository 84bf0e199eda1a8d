"""Which outlets are watched: one place, so that crawls, DAG, status and desk can never mean different ones."""

from pathlib import Path

from outlets.load import FOLDER, OutletError, paths, unknown


def watched(chosen: str, folder: Path = FOLDER) -> list[str]:
    """The names that `chosen` (the setting KHABAR_OUTLETS) lists, separated by commas; every outlet when it lists none.
    In alphabetical order, each once. Raises OutletError for a name that no file has."""
    known = list(paths(folder))
    wanted = {name.strip() for name in chosen.split(",")} - {""}
    for name in sorted(wanted.difference(known)):
        raise OutletError(f"KHABAR_OUTLETS: {unknown(name, known)}")
    return [name for name in known if not wanted or name in wanted]
