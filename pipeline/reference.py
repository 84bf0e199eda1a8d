"""Brings the reference tables that dashboards join (places, outlet labels) to what our data files say."""

from sqlalchemy import Connection

from models.place import OutletLabel, Place
from models.upsert import insert_or
from outlets import Outlet
from pipeline.tag.gazetteer import provinces


def sync_places(connection: Connection) -> None:
    """One row per Afghan province, every code under its own scheme."""
    for province in provinces():
        values = {
            "level": "province",
            "name_en": province.en,
            "name_fa": province.fa,
            "name_ps": province.ps,
            "name_ru": province.ru,
            "pcode": province.pcode,
            "pcode_version": province.pcode_version,
            "pcode_verified": province.pcode_verified,
            "geonames_adm1": province.geonames_adm1,
            "fips": province.fips,
            "country": "AF",
        }
        adding = insert_or(connection, Place).values(iso=province.iso, **values)
        connection.execute(adding.on_conflict_do_update(index_elements=["iso"], set_=values))


def sync_outlets(connection: Connection, outlets: dict[str, Outlet]) -> None:
    """One row per outlet file. The row of an outlet whose file is gone stays: its articles still name it."""
    for name, outlet in outlets.items():
        values = {
            "title": outlet.title,
            "country": outlet.country,
            "ownership": outlet.ownership,
            "home": outlet.home,
            "timezone": outlet.timezone,
        }
        adding = insert_or(connection, OutletLabel).values(outlet=name, **values)
        connection.execute(adding.on_conflict_do_update(index_elements=["outlet"], set_=values))
