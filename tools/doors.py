"""An import contract: a room of `abonent` is entered only through its door, the `__init__`.

`from abonent import ledger` comes in by the door; `from abonent.ledger.store import post` climbs in
by the window, and the contract names the line. Faces are rooms of their own, one folder each.
"""

from importlinter import Contract, ContractCheck, output

ROOT = "abonent"
NESTED = {"faces", "network"}


class Doors(Contract):
    type_name = "doors"

    def check(self, graph, verbose):
        windows = [
            detail
            for importer in sorted(graph.modules)
            if importer.split(".")[0] == ROOT
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.startswith(f"{ROOT}.") and not allowed(importer, imported)
            for detail in graph.get_import_details(importer=importer, imported=imported)
        ]
        return ContractCheck(kept=not windows, metadata={"windows": windows})

    def render_broken_contract(self, check):
        for found in check.metadata["windows"]:
            place = f"{found['importer']}:{found['line_number']}"
            output.print_error(f"{place}: {found['line_contents']}")


def allowed(importer: str, imported: str) -> bool:
    """At home one goes anywhere; a visitor comes to the front of a room only."""
    home = room(imported)
    return imported == home or importer == home or importer.startswith(f"{home}.")


def room(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[: 3 if parts[1] in NESTED else 2])
