// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>A file that lies beside the configuration (on the medium: in <c>/guests/</c>).</summary>
public readonly struct ConfigFile
{
    /// <summary>The bare name, without a folder.</summary>
    public readonly string Name;

    /// <summary>In bytes.</summary>
    public readonly ulong Length;

    public ConfigFile(string name, ulong length)
    {
        Name = name;
        Length = length;
    }
}
