module sink

go 1.22
