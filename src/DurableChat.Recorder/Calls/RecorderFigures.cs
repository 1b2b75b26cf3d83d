namespace DurableChat.Recorder.Calls;

/// <summary>The state and the counters of a recorder.</summary>
/// <param name="Exchanges">The exchanges that are kept.</param>
/// <param name="Running">The exchanges that the provider still answers.</param>
/// <param name="Unread">The exchanges that no server reads at the moment.</param>
/// <param name="Begun">Requests that were sent to providers.</param>
/// <param name="Attached">Requests that were answered from a recording.</param>
/// <param name="MemoryBytes">The memory of the recordings.</param>
/// <param name="SpoolBytes">The size of the recordings' files.</param>
internal sealed record RecorderFigures(
    int Exchanges, int Running, int Unread, long Begun, long Attached, long MemoryBytes, long SpoolBytes);
