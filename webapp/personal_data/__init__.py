"""Personal data: the export and the deletion of all that one owner has stored."""
