"""What `pln doctor` looks for of marks: each query returns no row when all is well."""

from app.installation.doctor import invariant

invariant(
    "every touch of a metric was marked when its transaction ended",
    "SELECT transaction_id, scope_id FROM metric_touches",
)
