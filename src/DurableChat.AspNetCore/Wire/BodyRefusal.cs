namespace DurableChat.AspNetCore.Wire;

/// <summary>Why there is no room for a body.</summary>
internal enum BodyRefusal
{
    /// <summary>The owner's other requests take the owner's share.</summary>
    Owner,

    /// <summary>The requests of all owners take all there is.</summary>
    Replica,
}
