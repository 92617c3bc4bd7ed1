import Glibc

/// The streams of one thread that serve all calls on it, one frame at a time.
///
/// What they keep of one call's frame reaches no other's (`ResamplerRecipe.history`), so one for
/// each pair of rates is enough, and it stays in the processor's cache while calls by the hundred
/// take turns. They go with their thread.
final class ThreadStreams {
    private var streams: [ResamplerStream] = []

    /// This thread's stream by a recipe that has a history; made when it is first asked for.
    static func stream(_ recipe: ResamplerRecipe) throws(ResamplerError) -> ResamplerStream {
        let mine = ofThisThread
        // Two or three, as a rule. By their numbers: an iterator allocates where nothing is
        // optimised.
        for number in 0..<mine.streams.count where mine.streams[number].recipe == recipe {
            return mine.streams[number]
        }
        let stream = try ResamplerStream(recipe)
        mine.streams.append(stream)
        return stream
    }

    private static var ofThisThread: ThreadStreams {
        if let found = pthread_getspecific(key) {
            return Unmanaged<ThreadStreams>.fromOpaque(found).takeUnretainedValue()
        }
        let made = ThreadStreams()
        pthread_setspecific(key, Unmanaged.passRetained(made).toOpaque())
        return made
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key) { streams in
            guard let streams else { return }
            Unmanaged<ThreadStreams>.fromOpaque(streams).release()
        }
        precondition(status == 0, "the process has no thread key left")
        return key
    }()
}
