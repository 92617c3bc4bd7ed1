import Net
import Testing

/// Runs a test on a thread of its own: where values are tested by the hundred beside it, one whose
/// subject has deadlines must not wait for its turn among them.
struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await body() }
        let pool = LoopPool(count: 1)
        defer { pool.stop() }
        try await withTaskExecutorPreference(pool.loops[0]) { try await body() }
    }
}

extension Trait where Self == OwnThread {
    /// See `OwnThread`.
    static var ownThread: Self { Self() }
}
