using DurableChat.ScaleTest.Mock;

namespace DurableChat.Lab.Chaos.Checking;

/// <summary>Work that was done again.</summary>
/// <param name="First">The first time.</param>
/// <param name="Again">The next time.</param>
/// <param name="IsExcused">True if something that happened meanwhile explains it.</param>
internal sealed record Repeat(WorkRecord First, WorkRecord Again, bool IsExcused);
