namespace DurableChat.Cluster;

/// <summary>The name under which this replica holds leases and notifies others.</summary>
internal sealed record ReplicaName(string Value);
