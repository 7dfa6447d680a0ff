"""UTL005: a notebook or Studio apps that nothing shuts down when nobody works."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for, hourly_cost
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.utilisation._idle_scripts import notebook_script_stops, studio_scripts_may_stop
from lean_silicon.rules.utilisation._switches import may_do
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.amounts import whole_number
from lean_silicon.templates.locations import At

_NOTEBOOK = "AWS::SageMaker::NotebookInstance"
_DOMAIN = "AWS::SageMaker::Domain"
_PROFILE = "AWS::SageMaker::UserProfile"
_SETTINGS = {_DOMAIN: "DefaultUserSettings", _PROFILE: "UserSettings"}
_APPS = {"JupyterLab": "JupyterLabAppSettings", "CodeEditor": "CodeEditorAppSettings"}
_IDLE = "AppLifecycleManagement.IdleSettings"


class NotebookNeverOff(ResourceRule):
    """A notebook instance or the apps of a Studio domain run on when their user has gone home.

    SageMaker Studio shuts idle JupyterLab and Code Editor apps down by itself, once its administrator has switched that
    on: ``AppLifecycleManagement: IdleSettings: LifecycleManagement: ENABLED`` with ``IdleTimeoutInMinutes``. A notebook
    instance has no such setting: what stops it is a script in its lifecycle configuration, for which AWS publishes a
    sample (auto-stop-idle), or something outside that calls ``StopNotebookInstance``.

    It is an **error** where a notebook has no lifecycle configuration and nothing in the template may stop it, and where
    a domain (or a user's profile, against its domain) leaves idle shutdown off. It is a **warning** where the script of a
    lifecycle configuration is in the template and speaks of nothing that stops an idle machine, and where Studio waits for
    longer than the policy allows. A script that is elsewhere, or that fetches another one, is unknown and not judged.

    Bad
    ---
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Properties: {InstanceType: ml.t3.medium, RoleArn: "arn:aws:iam::111122223333:role/notebook"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Notebook:
        Type: AWS::SageMaker::NotebookInstance
        Properties:
          InstanceType: ml.t3.medium
          RoleArn: "arn:aws:iam::111122223333:role/notebook"
          LifecycleConfigName: !GetAtt StopWhenIdle.NotebookInstanceLifecycleConfigName
      StopWhenIdle:
        Type: AWS::SageMaker::NotebookInstanceLifecycleConfig
        Properties:
          OnStart:
            - Content:
                Fn::Base64: |
                  #!/bin/bash
                  echo '*/5 * * * * root /usr/bin/python3 /opt/autostop.py --time 3600' > /etc/cron.d/autostop
      Domain:
        Type: AWS::SageMaker::Domain
        Properties:
          AuthMode: IAM
          DomainName: research
          VpcId: vpc-0123456789abcdef0
          SubnetIds: [subnet-0123456789abcdef0]
          DefaultUserSettings:
            ExecutionRole: "arn:aws:iam::111122223333:role/studio"
            JupyterLabAppSettings:
              AppLifecycleManagement: {IdleSettings: {LifecycleManagement: ENABLED, IdleTimeoutInMinutes: 60}}
            CodeEditorAppSettings:
              AppLifecycleManagement: {IdleSettings: {LifecycleManagement: ENABLED, IdleTimeoutInMinutes: 60}}
    ```
    """

    id = "UTL005"
    title = "Notebook or Studio compute without idle shutdown"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Busy or off: idle shutdown"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_IdleSettings.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-lifecycle-config.html",
        "https://github.com/aws-samples/amazon-sagemaker-notebook-instance-lifecycle-config-samples",
    )
    settings = ("interactive_idle_minutes",)
    resource_types = frozenset({_NOTEBOOK, _DOMAIN, _PROFILE})

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A notebook without a script that stops it, or Studio apps with idle shutdown off or late."""
        view = context.view(resource.template)
        if resource.type == _NOTEBOOK:
            yield from self._of_notebook(resource, context, view)
        else:
            yield from self._of_studio(resource, context, view)

    def _of_notebook(self, resource: Resource, context: Context, view: TemplateView) -> Iterator[Finding]:
        if may_do(view, "stopNotebookInstance"):
            return
        fix = Suggestion(
            "Give it a lifecycle configuration (LifecycleConfigName) whose OnStart script stops the instance when it has been idle for an "
            "hour, such as AWS's sample auto-stop-idle; or work in a Studio domain with idle shutdown."
        )
        for at in view.raw(resource, "LifecycleConfigName"):
            if at.absent:
                yield self.found_at(
                    resource,
                    f"{_machine(resource, context, view)} has no lifecycle configuration{when(at.assumed)}, and a notebook instance has no "
                    "other setting that stops it: it runs, and is paid, until somebody stops it.",
                    property_path=at.path,
                    suggestion=fix,
                )
                return
        if notebook_script_stops(resource, view) is False:
            yield self.found_at(
                resource,
                f"{_machine(resource, context, view)} has a lifecycle configuration, but nothing in its scripts speaks of stopping an idle "
                "instance.",
                property_path="Properties.LifecycleConfigName",
                severity=Severity.WARNING,
                suggestion=fix,
            )

    def _of_studio(self, resource: Resource, context: Context, view: TemplateView) -> Iterator[Finding]:
        settings = _SETTINGS[resource.type]
        hidden = _hidden(resource, settings, view)
        apps = {} if hidden is None else {name: path for name, path in _APPS.items() if name not in hidden}
        off = [
            (name, at)
            for name, path in apps.items()
            if not studio_scripts_may_stop(resource, f"{settings}.{path}", view)
            for at in _off(resource, f"{settings}.{path}", view)
        ]
        fix = Suggestion(
            "Set AppLifecycleManagement: {IdleSettings: {LifecycleManagement: ENABLED, IdleTimeoutInMinutes: 60}} in "
            f"{' and '.join(f'{settings}.{path}' for path in _APPS.values())}."
        )
        if off:
            names = " and ".join(dict.fromkeys(name for name, _ in off))
            yield self.found_at(
                resource,
                f"Idle shutdown is off for {names}{when(off[0][1].assumed)}: an app that a user leaves runs, and is paid, until somebody "
                "deletes it.",
                property_path=off[0][1].path,
                suggestion=fix,
            )
            return
        yield from self._too_late(resource, [f"{settings}.{path}" for path in apps.values()], context, fix)

    def _too_late(self, resource: Resource, apps: list[str], context: Context, fix: Suggestion) -> Iterator[Finding]:
        most = context.settings.interactive_idle_minutes
        view = context.view(resource.template)
        for app in apps:
            for at in view.walk(resource, f"{app}.{_IDLE}.IdleTimeoutInMinutes"):
                minutes = None if at.absent or at.unknown is not None else whole_number(at.value)
                if minutes is not None and minutes > most:
                    yield self.found_at(
                        resource,
                        f"Studio waits for {minutes:,} idle minutes before it shuts an app down{when(at.assumed)}; the policy allows "
                        f"{most:g} (interactive_idle_minutes).",
                        property_path=at.path,
                        severity=Severity.WARNING,
                        suggestion=fix,
                    )
                    return


def _machine(resource: Resource, context: Context, view: TemplateView) -> str:
    """The notebook's machine and its price, as a sentence begins."""
    uses = view.uses_by_resource.get(resource.logical_id, ())
    if len(uses) != 1 or uses[0].instance_type is None:
        return "The notebook instance"
    cost = hourly_cost(uses[0], context)
    return f"The notebook instance on {asked_for(uses[0], context)}{f', {cost},' if cost is not None else ''}"


def _hidden(resource: Resource, settings: str, view: TemplateView) -> frozenset[str] | None:
    """The apps that users are not shown; `None` where that cannot be known, or users get Studio Classic."""
    portal = [at for at in view.walk(resource, f"{settings}.StudioWebPortal") if not at.absent]
    if any(at.unknown is not None or at.value == "DISABLED" for at in portal):
        return None
    hidden = [at for at in view.walk(resource, f"{settings}.StudioWebPortalSettings.HiddenAppTypes[]") if not at.absent]
    if any(at.unknown is not None for at in hidden):
        return None
    return frozenset(at.value for at in hidden if isinstance(at.value, str))


def _off(resource: Resource, app: str, view: TemplateView) -> Iterator[At]:
    """Where idle shutdown is surely off. A profile that says nothing does as its domain."""
    for at in view.walk(resource, f"{app}.{_IDLE}.LifecycleManagement"):
        if at.unknown is None and (at.value == "DISABLED" or (at.absent and resource.type == _DOMAIN)):
            yield at
