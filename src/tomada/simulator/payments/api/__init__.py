"""The payments side over HTTP: operations, the bank's page, the controls."""
