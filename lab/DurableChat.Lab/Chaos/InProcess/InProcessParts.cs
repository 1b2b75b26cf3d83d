using Microsoft.Extensions.AI;

namespace DurableChat.Lab.Chaos.InProcess;

/// <summary>What one replica within this process is made of.</summary>
internal sealed record InProcessParts(
    string Name,
    Uri Address,
    ReplicaPower Power,
    TimeProvider Time,
    PoweredStore Store,
    PoweredChannel Channel,
    InProcessRelay Relay,
    IChatClient Model,
    AIFunction Tool,
    int WindowMessages,
    double NotificationFaults);
