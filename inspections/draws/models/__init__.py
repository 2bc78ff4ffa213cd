"""The tables of a draw: the order, the seed's sources, the roster, the result, and the files."""

from inspections.draws.models.files import DrawCertificate, DrawFile, DrawFilePart, DrawShard
from inspections.draws.models.order import Draw, DrawSecret
from inspections.draws.models.result import DrawnEntry, TeamPlace
from inspections.draws.models.roster import RosterAudit, RosterEntry, RosterInspector, RosterOmission, RosterRecusal
from inspections.draws.models.seed import SeedSource, SourceEntry, SourceEvidence

__all__ = [
    "Draw",
    "DrawCertificate",
    "DrawFile",
    "DrawFilePart",
    "DrawSecret",
    "DrawShard",
    "DrawnEntry",
    "RosterAudit",
    "RosterEntry",
    "RosterInspector",
    "RosterOmission",
    "RosterRecusal",
    "SeedSource",
    "SourceEntry",
    "SourceEvidence",
    "TeamPlace",
]
