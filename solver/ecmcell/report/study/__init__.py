"""A study on one page: responses, indices, failures and all runs."""
