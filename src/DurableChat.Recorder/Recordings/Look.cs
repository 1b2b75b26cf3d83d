namespace DurableChat.Recorder.Recordings;

/// <summary>The bytes that a reader finds at its position.</summary>
/// <param name="Memory">The bytes if they are in memory, up to the end of the segment.</param>
/// <param name="File">The file that contains the bytes; null if they are in memory or have not arrived yet.</param>
/// <param name="FileOffset">The offset of the bytes in the file.</param>
/// <param name="Available">The number of bytes.</param>
/// <param name="IsBroken">True if no more bytes will arrive and the answer is incomplete.</param>
/// <param name="IsEnd">True if no more bytes will arrive.</param>
/// <param name="Changed">Completes when another look may find more.</param>
internal readonly record struct Look(
    ReadOnlyMemory<byte> Memory,
    FileStream? File,
    long FileOffset,
    long Available,
    bool IsBroken,
    bool IsEnd,
    Task Changed);
