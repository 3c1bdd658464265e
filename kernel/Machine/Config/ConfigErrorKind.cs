// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>
/// Everything that can be wrong with a configuration; each has a golden test (tests/Unit/Machine/Config/Golden).
/// </summary>
public enum ConfigErrorKind
{
    // The text is not TOML, or uses a part of TOML that is left out.
    FileTooLarge,
    TooManyErrors,
    InvalidUtf8,
    ControlCharacter,
    KeyExpected,
    EqualsExpected,
    ValueExpected,
    InvalidValue,
    NumberOutOfRange,
    UnterminatedString,
    InvalidEscape,
    UnterminatedArray,
    UnterminatedInlineTable,
    BadHeader,
    TrailingText,
    NestedTooDeep,
    FloatNotSupported,
    DateNotSupported,
    MultiLineStringNotSupported,
    DuplicateKey,
    DuplicateSection,
    NotASection,

    // The text is TOML but not a configuration.
    UnknownSection,
    UnknownKey,
    SectionIsArray,
    SectionIsNotArray,
    WrongType,
    MissingKey,
    NoVirtualMachine,
    TooManyMachines,
    NotOneOf,
    OutOfRange,
    BadName,
    DuplicateName,
    UnknownMachine,
    BadSize,
    SizeOutOfRange,
    SizeNotAligned,
    BadCommandLine,
    BadFileName,
    FileMissing,
    FileEmpty,
    FilesExceedMemory,
    MemoryExceedsHost,
    DuplicateProcessor,
    PinCount,
    OptionNeedsPin,
    ReserveExceedsCap,
    ReservesExceedHost,
    ProcessorMissing,
    ProcessorIsThread,
    ProcessorTaken,
    NoProcessorLeft,

    // It is a configuration, of a later version.
    LaterDisk,
    LaterNetwork,
    LaterSwitch,
}
