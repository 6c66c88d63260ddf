import { damageTests } from './library-damage.js';

damageTests(2);
