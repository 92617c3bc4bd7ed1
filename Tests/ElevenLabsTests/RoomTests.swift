import Testing
@testable import ElevenLabs
