// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>What came out of a configuration file: either the configuration or the errors.</summary>
public sealed class ConfigResult
{
    /// <summary>Null where there are errors.</summary>
    public readonly MachineConfig? Config;

    /// <summary>Empty where all is well.</summary>
    public readonly ConfigErrors Errors;

    internal ConfigResult(MachineConfig? config, ConfigErrors errors)
    {
        Config = config;
        Errors = errors;
    }
}
