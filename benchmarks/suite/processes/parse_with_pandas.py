"""Reads an answer of Alpha Vantage as many times as asked, as users of pandas do, and prints what each time took."""
import json
import sys
import time

try:
    import pandas
except ImportError:
    sys.exit(3)

path, rounds = sys.argv[1], int(sys.argv[2])
with open(path, "rb") as file:
    body = file.read()

milliseconds = []
rows = 0
for round_number in range(-1, rounds):
    began = time.perf_counter()
    answer = json.loads(body)
    frame = pandas.DataFrame.from_dict(answer["Time Series (1min)"], orient="index").astype(float)
    frame.index = pandas.to_datetime(frame.index).tz_localize("US/Eastern").tz_convert("UTC")
    frame = frame.sort_index()
    rows = len(frame)
    if round_number >= 0:
        milliseconds.append((time.perf_counter() - began) * 1000)
print(json.dumps({"rows": rows, "milliseconds": milliseconds}))
