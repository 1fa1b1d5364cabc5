"""The payments side of the simulator: PIX requests, schedules, smart transfers, boletos."""
