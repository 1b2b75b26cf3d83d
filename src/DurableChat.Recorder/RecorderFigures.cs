namespace DurableChat.Recorder;

/// <summary>What a recorder has, and has done.</summary>
/// <param name="Exchanges">Exchanges that are kept.</param>
/// <param name="Running">Those of them that the provider still answers.</param>
/// <param name="Unread">Exchanges that no server reads just now.</param>
/// <param name="Begun">Requests that were sent to providers.</param>
/// <param name="Attached">Requests that were answered from a recording.</param>
/// <param name="MemoryBytes">What recordings have in memory.</param>
/// <param name="SpoolBytes">What recordings have in files.</param>
internal sealed record RecorderFigures(
    int Exchanges, int Running, int Unread, long Begun, long Attached, long MemoryBytes, long SpoolBytes);
