import Testing
@testable import Front
