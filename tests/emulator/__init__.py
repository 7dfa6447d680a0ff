"""An account of one's own on loopback: CloudFormation that validates, orders, fails and rolls back as AWS's does, over moto.

``python -m emulator --port 5566`` (with ``tests`` on the path) serves every service of moto; CloudFormation is answered by this
package instead, because moto's own skips what it does not know, loses outputs, and never rolls back. What it proves and what it
cannot is in ``docs/deployment-tests.md``.
"""
