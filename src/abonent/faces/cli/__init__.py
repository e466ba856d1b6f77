"""The command line: what engineers ask of the rooms. Starting processes is `__main__`'s."""

from abonent.faces.cli.audit import audit_commands

__all__ = ["audit_commands"]
