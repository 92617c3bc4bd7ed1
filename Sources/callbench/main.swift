print("callbench")
