import Net
package import Testing

/// Runs a test on a thread of its own, not on the pool that all others share.
///
/// All tests are begun at once, and what tests values never waits: a step on the shared pool comes
/// after all of them, seconds later on a busy machine. A test that goes back and forth between its
/// loops takes thousands of such steps; here each of them goes from thread to thread, past the queue.
package struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
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
    package static var ownThread: Self { Self() }
}
