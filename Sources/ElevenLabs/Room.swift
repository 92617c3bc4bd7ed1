// ElevenLabs
