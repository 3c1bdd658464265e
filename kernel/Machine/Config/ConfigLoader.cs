// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Config;

/// <summary>
/// The entry point of this folder: text in, configuration or errors out. <c>hv check</c> and the booted host call the
/// same: <c>ConfigLoader.Load("hypervisor.toml", bytes, new ConfigEnvironment(files))</c>.
/// </summary>
public static class ConfigLoader
{
    /// <summary>
    /// Reads and checks <paramref name="text"/> (UTF-8; any bytes are safe). All errors of the file are found at once;
    /// <paramref name="fileName"/> is only what they are printed with.
    /// </summary>
    public static ConfigResult Load(string fileName, ReadOnlySpan<byte> text, ConfigEnvironment environment)
    {
        var errors = new ConfigErrors(fileName);
        TomlTable root = new ConfigParser(text, errors).Parse();
        return new ConfigResult(new ConfigValidator(errors, environment).Validate(root), errors);
    }
}
