namespace DurableChat.ScaleTest.Running;

/// <summary>A process of the test did not come up.</summary>
internal sealed class StartFailedException(string message) : Exception(message);
