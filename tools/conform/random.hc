# Property: what the generator makes of a seed has the same answers everywhere.
frame F 16
