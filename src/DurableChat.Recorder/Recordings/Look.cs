namespace DurableChat.Recorder.Recordings;

/// <summary>What a reader finds at its place.</summary>
/// <param name="Memory">The bytes, if they are in memory: as many as are there in one piece.</param>
/// <param name="File">The file they are in; null if they are in memory or not there yet.</param>
/// <param name="FileOffset">Where they are in the file.</param>
/// <param name="Available">How many there are.</param>
/// <param name="IsBroken">True if there will be no more, and the answer is not whole.</param>
/// <param name="IsEnd">True if there will be no more.</param>
/// <param name="Changed">Completes when another look may find more.</param>
internal readonly record struct Look(
    ReadOnlyMemory<byte> Memory,
    FileStream? File,
    long FileOffset,
    long Available,
    bool IsBroken,
    bool IsEnd,
    Task Changed);
