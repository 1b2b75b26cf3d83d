namespace DurableChat.ScaleTest.Checking;

/// <summary>A message that a subscriber was given.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Digest">A hash of its content.</param>
internal readonly record struct SeenMessage(long Id, ulong Digest);
