"""SIL009: a type that the component does not offer in that region."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from lean_silicon.catalog import Availability, Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.describe import machine
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import SiliconRule
from lean_silicon.templates import SiliconUse

_SHOWN = 6


class NotOffered(SiliconRule):
    """The service component does not offer the type in the region the stack goes to, so the deployment would fail.

    The rule speaks only where the catalogue's source covers the region and the component; where it does not, nothing
    is said. A stack without a region is judged against all regions: only a type that the component offers nowhere is
    reported. A region comes from the stack's ``env``, ``--region`` or the policy. One that the catalogue does not hold is a
    **warning**: it is misspelt, or one of which nothing is known, and what depends on the region was not judged.

    Bad
    ---
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Properties: {InstanceType: ml.trn2.48xlarge, RoleArn: "arn:aws:iam::111122223333:role/notebook"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Properties:
          InstanceType: ml.t3.medium
          LifecycleConfigName: stop-when-idle
          RoleArn: "arn:aws:iam::111122223333:role/notebook"
    ```
    """

    id = "SIL009"
    title = "Type not offered in that region for that component"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Choose the right silicon"

    def check(self, use: SiliconUse, context: Context) -> Iterator[Finding]:
        """A region that the catalogue does not hold, or a known type that is not offered there."""
        region = context.region_of(use)
        if region is not None and context.catalog.region(region) is None:
            yield self._in_no_known_region(use, region, context)
            return
        present = context.type_of(use)
        if present is None:
            return
        offer = context.offer(present.name, use)
        if offer.availability is not Availability.NOT_OFFERED:
            return
        if offer.regions:
            shown = ", ".join(offer.regions[:_SHOWN]) + (
                f" and {len(offer.regions) - _SHOWN} more" if len(offer.regions) > _SHOWN else ""
            )
            listing = f"lean-silicon catalog list --component {use.component} --region {region}"
            fix = f"It is offered in {shown}; deploy there or choose a type that {region} offers (`{listing}`)."
        else:
            meant = f"ml.{present.name}" if context.offer(f"ml.{present.name}", use).regions else ""
            fix = (
                f"{f'Did you mean {meant}? ' if meant else ''}Choose a type that {use.component} offers "
                f"(`lean-silicon catalog list --component {use.component}`)."
            )
        yield self.found(
            use,
            f"{use.component} does not offer {machine(present)} in {region or 'any region'} (catalogue of {context.catalog.as_of}).",
            suggestion=Suggestion(fix),
            sources=(offer.basis,),
        )

    def _in_no_known_region(self, use: SiliconUse, region: str, context: Context) -> Finding:
        known = [each.code for each in context.catalog.regions()]
        nearest = difflib.get_close_matches(region, known, n=3)
        return self.found(
            use,
            f"The region {region!r} is not in the catalogue of {context.catalog.as_of}: it is misspelt, or one of which nothing is known. "
            "Offers, prices and the grid are unknown there, and rules that need them said nothing.",
            severity=Severity.WARNING,
            suggestion=Suggestion(
                f"Nearest known: {', '.join(nearest)}." if nearest else "Name the region of the stack."
            ),
        )
