import CUV

extension LoopPool {
    /// Cores this process may use: its affinity counts, not the machine's number of cores.
    package static var coresAvailable: Int { Int(uv_available_parallelism()) }
}
