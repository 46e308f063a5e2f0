"""The figures of a cohort as they stood when it closed, and are never counted again."""
