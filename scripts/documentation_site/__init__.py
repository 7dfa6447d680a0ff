"""What MkDocs is told beyond mkdocs.yml: pages for files outside docs/, the navigation of the rules, and inline diagrams."""
