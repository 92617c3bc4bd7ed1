import Testing
@testable import Twilio
