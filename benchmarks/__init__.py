"""Measures the product over a real socket, beside SpiffWorkflow alone: see docs/benchmarks.md."""
