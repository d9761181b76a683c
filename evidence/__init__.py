"""Clinical-trial papers into a checked evidence table, and the table into pooled estimates and forest plots."""
