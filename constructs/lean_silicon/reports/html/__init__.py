"""Reports as HTML pages that need nothing else: no network, no font, no framework."""

from lean_silicon.reports.html.advice_page import advice_page
from lean_silicon.reports.html.report_page import Basis, report_page

__all__ = ["Basis", "advice_page", "report_page"]
