namespace DurableChat.Lab.Chaos;

/// <summary>Makes what chaos is made with, anew for each seed.</summary>
internal delegate Task<IChaosWorld> ChaosWorldFactory(ChaosOptions options, CancellationToken cancellationToken);
