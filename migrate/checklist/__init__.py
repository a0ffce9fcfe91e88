"""`kb checklist`: the guide's ten checks before a migration, each one really done."""
