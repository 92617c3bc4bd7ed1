print("callbridge")
